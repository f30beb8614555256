/**
 * What a limiter makes of crowds of calls, on real sockets and a driven clock:
 *
 *     npx -y pnpm@12 bench
 */
import { race } from './race.js';
import {
  bucketRows,
  changingRow,
  givenBucketRow,
  type Row,
  tokenRows,
  windowRows,
} from './races.js';

const rows: readonly Row[] = [
  ...windowRows(),
  ...bucketRows(),
  givenBucketRow(1000),
  ...tokenRows(200),
  changingRow(60_000),
];

const head = ['answered', '429s', 'most', 'too early', 'seconds', 'ideal', 'most'];
console.log(head.map((each) => each.padStart(10)).join(''));
for (const row of rows) {
  const { answered, refused, early, firstWave, seconds } = await race(row);
  const cells = [
    answered,
    refused,
    row.most429(firstWave),
    early,
    seconds.toFixed(1),
    row.idealS.toFixed(1),
    (row.idealS * (1 + row.spare)).toFixed(1),
  ];
  const isGood =
    answered === row.bodies.length &&
    refused <= row.most429(firstWave) &&
    early === 0 &&
    seconds <= row.idealS * (1 + row.spare);
  const line = cells.map((cell) => String(cell).padStart(10)).join('');
  console.log(`${line}   ${isGood ? 'good' : 'BAD '}   ${row.name}`);
}
