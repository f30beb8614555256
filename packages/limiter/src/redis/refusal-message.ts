import type { Refusal } from '@forbear/core';

/** UTF-16 units of a body that are passed on: error bodies are short. */
const MOST_BODY = 2048;

/** As much of a refusal as other processes need to answer their calls with it. */
export type SharedRefusal = Omit<Refusal, 'outcome'>;

/** What is passed on of a refusal. */
export function shareRefusal({ failure, headers, body }: Refusal): SharedRefusal {
  return { failure, headers, body: body.slice(0, MOST_BODY) };
}

/** A refusal that another process met, for calls whose adapter does not rebuild the answer. */
export function takeRefusal({ failure, headers, body }: SharedRefusal): Refusal {
  const error = new Error(`another process was refused: ${failure.because}`);
  const { status } = failure;
  Object.assign(error, { name: 'RefusedElsewhereError', headers, ...(status && { status }) });
  return { failure, headers, body, outcome: { ok: false, error } };
}
