import { describe, expect, test } from 'vitest';
import { writeForm } from './form.js';

/** A form with everything that needs care. */
function difficult(): FormData {
  const form = new FormData();
  form.set('a "name"\r\nof two lines', 'x\ny\r\nz\rw');
  form.append('file', new Blob(['\r\n\n'], { type: 'audio/wav' }), 'ü "1"\n.wav');
  form.append('file', new File(['two'], 'untyped'));
  form.set('empty', '');
  return form;
}

async function written(form: FormData): Promise<Blob> {
  const body = writeForm(form);
  if (body === undefined) throw new Error('the form was not written');
  return body;
}

test('a form is written as fetch itself writes it, but for the boundary', async () => {
  const bare = new Response(difficult());
  const boundary = String(bare.headers.get('content-type')).split('boundary=')[1] ?? '';
  const body = await written(difficult());
  const own = body.type.split('boundary=')[1] ?? '';
  expect(own).not.toBe(boundary);
  expect((await body.text()).replaceAll(own, boundary).trim()).toBe((await bare.text()).trim());
});

test('a fetch sends its type, and a server reads the form from it', async () => {
  const response = new Response(await written(difficult()));
  const read = await response.formData();
  expect([...read.keys()]).toEqual([...difficult().keys()]);
  expect(read.get('empty')).toBe('');
  expect(await (read.getAll('file')[1] as File).text()).toBe('two');
});

test('what is set in the form afterwards is not in what was written', async () => {
  const form = new FormData();
  form.set('a', 'before');
  const body = await written(form);
  form.set('a', 'after');
  expect(await body.text()).toContain('before');
});

test('each form has a boundary of its own', async () => {
  const [one, two] = [await written(new FormData()), await written(new FormData())];
  expect(one.type).not.toBe(two.type);
});

describe('a form is not written that holds', () => {
  test('a file with a stream of its own', () => {
    class Own extends File {
      override stream() {
        return new Response('own').body as ReturnType<File['stream']>;
      }
    }
    const form = new FormData();
    form.set('file', new Own([], 'own'));
    expect(writeForm(form)).toBeUndefined();
  });

  test('a file that is no Blob, which Node 20 takes', () => {
    const form = {
      *[Symbol.iterator]() {
        yield ['file', { name: 'a', type: '', size: 1 }];
      },
    };
    expect(writeForm(form as unknown as FormData)).toBeUndefined();
  });
});
