import { HELP, readArguments } from './arguments.js';
import { compare } from './faulty.js';
import { callLive } from './live.js';
import { createScreen } from './screen.js';

const screen = createScreen(process.stdout, process.env);

try {
  const asked = readArguments(process.argv.slice(2));
  if (asked.help) screen.line(HELP);
  else if (asked.live) process.exitCode = await callLive(process.env, screen);
  else process.exitCode = await compare(asked, screen);
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
