import { isIdempotent } from './decide.js';
import { ask } from './events.js';
import { keepRefusal } from './gate/refusal.js';
import { SOME_LAYER } from './layered-retry.js';
import type { Outcome } from './outcome.js';
import { type Ended, policyThrew, type Run, type Verdict } from './run.js';

/**
 * Notices when a layer above repeats what was given up because it may have been done. Gives the end of
 * the call, if it is to be refused.
 */
export function noticeRepetition<T>(
  run: Run<T>,
): Ended<T> | (Ended<T> & { standing: true }) | undefined {
  const { policy, call, state, record } = run;
  if (state.refrained.isEmpty) return undefined;
  const fingerprint = ask(call.fingerprint);
  if (fingerprint === undefined) return undefined;
  const found = state.refrained.recognise(fingerprint, policy.clock.monotonic());
  if (found === undefined) return undefined;
  const refusal = mayRepeat(run) ? undefined : found.refusal;
  const { name, remedy } = ask(call.layer) ?? SOME_LAYER;
  const { of, times } = found;
  const does = refusal === undefined ? 'repeats' : 'would repeat';
  record.log.note(`call ${of} was the same and may have been done; this ${does} it, time ${times}`);
  record.repeats({ of, times, layer: name, remedy, refused: refusal !== undefined });
  const standing = ask(call.standing);
  if (standing !== undefined) {
    return { outcome: standing, reason: 'may-have-been-done', standing: true };
  }
  if (refusal === undefined) return undefined;
  const { outcome } = refusal;
  try {
    const given = (outcome.ok && call.rebuild?.(refusal)) || (outcome as Outcome<T>);
    return { outcome: given, reason: 'repetition', refusal, rebuilt: true };
  } catch (error) {
    return policyThrew(error);
  }
}

/** Remembers a call that was given up if its work may have been done. */
export function rememberRefrained<T>(run: Run<T>, { decision, facts, outcome }: Verdict<T>): void {
  const { policy, call, state, record } = run;
  if (decision.action !== 'give-up') return;
  const refuses = policy.refuseRepeatsMs !== undefined;
  const { failure, question } = decision;
  const mayBeDone = failure.effect !== 'none' && !isIdempotent(record.method) && !mayRepeat(run);
  if (question !== 'safe' && !(refuses && mayBeDone)) return;
  const fingerprint = ask(call.fingerprint);
  if (fingerprint === undefined) return;
  const refusal = refuses ? keepRefusal(facts, failure, outcome) : undefined;
  state.refrained.remember(fingerprint, record.number, policy.clock.monotonic(), refusal);
}

/** Whether the caller accepts that the work is done twice. */
function mayRepeat<T>({ policy, call }: Run<T>): boolean {
  return call.repeatable ?? policy.repeatable;
}
