const BAR_WIDTH = 30;

/** Select Graphic Rendition (ECMA-48, 8.3.117). */
const BOLD = 1;
const GREEN = 32;

/** Where the demo writes: with a moving line and colours on a terminal, plainly elsewhere. */
export interface Screen {
  line(text?: string): void;
  /** A heading, bold where that can be. */
  heading(text: string): void;
  /** Starts to show how far something has come, and returns what moves it on. */
  progress(title: string, total: number): (done: number) => void;
}

/** Makes the screen of a stream. `NO_COLOR` takes the colours (no-color.org). */
export function createScreen(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Screen {
  const moves = stream.isTTY === true;
  const colours = moves && !env.NO_COLOR;
  const write = (text: string) => void stream.write(text);
  const style = (code: number, text: string) =>
    colours ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    line: (text = '') => write(`${text}\n`),
    heading: (text) => write(`${style(BOLD, text)}\n`),
    progress(title, total) {
      const step = Math.max(1, Math.ceil(total / 4));
      return (done) => {
        if (!moves) {
          if (done % step === 0 || done === total) write(`${title}: ${done} of ${total}\n`);
          return;
        }
        const filled = Math.round((done / total) * BAR_WIDTH);
        const bar = style(GREEN, '#'.repeat(filled)) + '.'.repeat(BAR_WIDTH - filled);
        write(`\r${title} ${bar} ${done}/${total}${done === total ? '\n' : ''}`);
      };
    },
  };
}
