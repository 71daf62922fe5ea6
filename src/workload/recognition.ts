import { type Span, withoutConstants } from '../sql/without-constants.ts';
import { type Recognised, recognise } from './recognise.ts';
import { detached } from './room.ts';

/** What a text of a capture is, and the text that stands for it. */
export interface RecognisedText {
  readonly recognised: Recognised;
  /** The text, with parameters in the place of constants that are too long to be kept. */
  readonly sql: string;
}

/** Characters of texts that are remembered. */
const rememberedCharacters = 4 * 1024 ** 2;

/** Longer texts are not remembered. */
const longestRemembered = 64 * 1024;

/** Texts that are longer than this give up their long constants. */
const longText = 64 * 1024;

/** Texts are kept up to this length, in characters. */
const longestKept = 1024 ** 2;

/** Of these, constants that are longer than this, in characters. */
const longConstant = 1_000;

/**
 * Recognises texts. Each text is read once, and of texts that differ in constants only the first is parsed: reading one
 * without its constants takes a twentieth of the time.
 */
export class Recognition {
  readonly #texts = new Remembered();
  readonly #shapes = new Remembered();

  /** Of a text that is remembered, the text that was sent first is returned, so that it is kept once. */
  of(sql: string): RecognisedText {
    const known = this.#texts.get(sql);
    if (known !== undefined) return known;
    const shape = withoutConstants(sql);
    if (shape === null) return this.#texts.set({ recognised: recognise(sql), sql });
    const { recognised } = this.#ofShape(shape.text);
    // What is wrong is told in the words of the text itself.
    if (recognised.kind === 'unchecked') return this.#texts.set({ recognised: recognise(sql), sql });
    if (recognised.kind !== 'query') return this.#texts.set({ recognised, sql });
    if (sql.length > longText) return shortened(sql, recognised, shape.constants);
    if (recognised.parameterCount > 0) return this.#texts.set({ recognised, sql });
    const constants = shape.constants.map(({ start, end }) => sql.slice(start, end));
    const found = { recognised: { ...recognised, constants }, sql };
    // A text that holds its values rarely comes again.
    return constants.length === 0 ? this.#texts.set(found) : found;
  }

  #ofShape(text: string): RecognisedText {
    return this.#shapes.get(text) ?? this.#shapes.set({ recognised: recognise(text), sql: text });
  }
}

/** A query whose text is too long to be kept as it is. */
function shortened(
  sql: string,
  recognised: Extract<Recognised, { kind: 'query' }>,
  constants: readonly Span[],
): RecognisedText {
  let number = recognised.parameterCount;
  let written = 0;
  const parts: string[] = [];
  for (const { start, end } of constants) {
    if (end - start <= longConstant) continue;
    number += 1;
    parts.push(sql.slice(written, start), `$${number}`);
    written = end;
  }
  // A long list is a value of its own kind, and is kept.
  if (written === 0 && sql.length <= longestKept)
    return { recognised: { ...recognised, constants: [] }, sql };
  const text = detached([...parts, sql.slice(written)].join(''));
  const again = recognise(text);
  // A constant that belongs to the name of its type has no parameter in its place.
  const isSame = again.kind === 'query' && again.fingerprint === recognised.fingerprint;
  if (isSame) return { recognised: { ...again, constants: [] }, sql: text };
  const reason = `its text of ${sql.length} characters is too long to be looked at`;
  return { recognised: { kind: 'unchecked', reason }, sql: detached(sql.slice(0, longConstant)) };
}

/** Remembers what was found of texts, the latest ones first to stay: of two generations, the older is forgotten. */
class Remembered {
  #young = new Map<string, RecognisedText>();
  #old = new Map<string, RecognisedText>();
  #characters = 0;

  get(text: string): RecognisedText | undefined {
    if (text.length > longestRemembered) return undefined;
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    if (old !== undefined) this.set(old);
    return old;
  }

  set(found: RecognisedText): RecognisedText {
    const { length } = found.sql;
    if (length > longestRemembered) return found;
    // What is remembered of a short text takes some room as well.
    this.#characters += length + 256;
    if (this.#characters > rememberedCharacters) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#characters = 0;
    }
    this.#young.set(found.sql, found);
    return found;
  }
}
