/**
 * Writes a form as `multipart/form-data`, once for all attempts: a fetch draws a new boundary each time
 * that it is given the form itself. The files in it are referred to, not read. `undefined` for a form
 * with something that a `Blob` cannot refer to, which only a fetch can send.
 *
 * As the HTML standard has it (4.10.22.7), with the line end after the last boundary that fetches send.
 */
export function writeForm(form: FormData): Blob | undefined {
  const boundary = drawBoundary();
  if (boundary === undefined) return undefined;
  const parts: (string | Blob)[] = [];
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quote(breakLines(name))}"`;
    if (typeof value === 'string') {
      parts.push(`${head}\r\n\r\n${breakLines(value)}\r\n`);
    } else if (isBlob(value)) {
      const type = value.type || 'application/octet-stream';
      const file = `; filename="${quote(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`;
      parts.push(head + file, value, '\r\n');
    } else {
      return undefined;
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return new Blob(parts, { type: `multipart/form-data; boundary=${boundary}` });
}

/** That of the platform, which has the randomness; in lower case, as the type of a `Blob` is. */
function drawBoundary(): string | undefined {
  const type = new Response(new FormData()).headers.get('content-type');
  return /boundary="?([^";]+)/.exec(type ?? '')?.[1]?.toLowerCase();
}

/** Node 20 takes files of other makes, and a class may bring a stream of its own: a `Blob` reads neither. */
function isBlob(value: File): boolean {
  return value instanceof Blob && value.stream === Blob.prototype.stream;
}

function breakLines(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n');
}

function quote(text: string): string {
  return text.replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/"/g, '%22');
}
