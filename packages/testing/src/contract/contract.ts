import type { AdapterUnderTest } from './adapter.js';
import { describeAborts } from './cases/aborts.js';
import { describeAnswers } from './cases/answers.js';
import { describeBodies } from './cases/bodies.js';
import { describeBudgets } from './cases/budgets.js';
import { describeConnections } from './cases/connections.js';
import { describeCrowd } from './cases/crowd.js';
import { describeDropIn } from './cases/drop-in.js';
import { describeFinalAnswers } from './cases/final-answers.js';
import { describeGates } from './cases/gates.js';
import { describeHostileHeaders } from './cases/hostile-headers.js';
import { describeLayers } from './cases/layers.js';
import { describeLimits } from './cases/limits.js';
import { describeRefusals } from './cases/refusals.js';
import { describeSecrets } from './cases/secrets.js';
import { describeSockets } from './cases/sockets.js';
import { describeToldWaits } from './cases/told-waits.js';
import { type Suite, suiteOf, type TestRunner } from './runner.js';

const PARTS: Readonly<Record<string, (suite: Suite) => void>> = {
  'where there is nothing to do': describeDropIn,
  'final answers': describeFinalAnswers,
  'answers with a status': describeAnswers,
  connections: describeConnections,
  'told waits': describeToldWaits,
  limits: describeLimits,
  aborts: describeAborts,
  bodies: describeBodies,
  gates: describeGates,
  refusals: describeRefusals,
  'retry budgets': describeBudgets,
  sockets: describeSockets,
  'hostile headers': describeHostileHeaders,
  'other layers': describeLayers,
  secrets: describeSecrets,
  'a crowd': describeCrowd,
};

/**
 * Describes what every adapter has to do, to a test runner, over a fake provider on real sockets. No
 * test waits for real: a virtual clock passes while nothing else happens.
 */
export function describeAdapter(adapter: AdapterUnderTest, runner: TestRunner): void {
  const suite = suiteOf(adapter, runner);
  suite.describe(adapter.name, () => {
    for (const [title, describePart] of Object.entries(PARTS)) {
      suite.describe(title, () => describePart(suite));
    }
  });
}
