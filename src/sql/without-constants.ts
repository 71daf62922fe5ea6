/** A text with other constants in place of its own, which has the same shape. */
export interface WithoutConstants {
  readonly text: string;
  /** Where its constants stand, as many as are told apart. */
  readonly constants: readonly Span[];
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Constants of a text whose places are kept. */
const keptConstants = 1_000;

/** Statements in which a constant changes nothing but a value, those after BY left aside. */
const isQuery = /^[\s(]*(?:select|insert|update|delete|with|merge|values)\b/i;

/** Whatever is more than itself: the beginning of a constant, a comment or a word. */
const interesting = /['"$]|--|\/\*|[0-9]|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/g;

/** PostgreSQL's integers and decimals; those with another base or underscores are left to its grammar. */
const number = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w$.\u0080-\uffff])/y;
const wholeNumber = /^\d{1,9}$/;
const parameter = /\$\d+(?![\w$\u0080-\uffff])/y;
const dollarQuote = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const openList = /\s*\(\s*/y;
const openArray = /\s*\[\s*/y;
const openRow = /\s*\(\s*/y;
const comma = /\s*,\s*/y;
const closeList = /\s*[)\]]/y;
const sign = /-\s*/y;
const word = /(?:null|true|false|default)\b/iy;

/** What a constant may stand after where it is the number of a column. */
const beforeColumnNumber = /(?:^|\bby|[,(+-])\s*$/i;

/** Characters before a constant that are looked at. */
const lookedAt = 40;

/** Numbers in brackets may be those of a type (`int[4]`), those after a point are half a number. A list of values stands after others. */
const afterBracket = /[[.]\s*$/;
const beforeArray = /[(,=<>&|@]\s*$/;

/** Whose number is none of a value, and is kept in the tree. */
const timeFunction = /^(?:current_time|current_timestamp|localtime|localtimestamp)$/i;

/**
 * Writes other constants in place of those of a query, and lists of them as lists of one, without parsing it: texts that differ in
 * constants only become one text. PostgreSQL's grammar reads both as the same tree, constants aside. Null where that is not
 * certain: another kind of statement, or a form of constant that only its scanner knows.
 */
export function withoutConstants(sql: string): WithoutConstants | null {
  return isQuery.test(sql) ? new Reading(sql).read() : null;
}

class Unsure extends Error {}

class Reading {
  readonly #sql: string;
  readonly #constants: Span[] = [];
  readonly #parts: string[] = [];
  /** Up to where the text is written. */
  #written = 0;
  #isAfterBy = false;
  #hasComment = false;

  constructor(sql: string) {
    this.#sql = sql;
  }

  read(): WithoutConstants | null {
    try {
      let at = 0;
      for (let next = this.#next(at); next !== null; next = this.#next(at)) at = this.#token(next);
    } catch (error) {
      if (error instanceof Unsure) return null;
      throw error;
    }
    this.#parts.push(this.#sql.slice(this.#written));
    return { text: this.#parts.join(''), constants: this.#constants };
  }

  #next(at: number): { readonly start: number; readonly text: string } | null {
    interesting.lastIndex = at;
    const match = interesting.exec(this.#sql);
    return match === null ? null : { start: match.index, text: match[0] };
  }

  /** Reads what begins here, and returns where it ends. */
  #token({ start, text }: { readonly start: number; readonly text: string }): number {
    switch (text) {
      case '"':
        return this.#quotedEnd(start, '"');
      case '--': {
        const end = this.#sql.indexOf('\n', start);
        this.#hasComment = true;
        return this.#write(start, end === -1 ? this.#sql.length : end, ' ');
      }
      case '/*':
        this.#hasComment = true;
        return this.#write(start, this.#commentEnd(start), ' ');
      default:
        return /^[A-Za-z_\u0080-\uffff]/.test(text)
          ? this.#word(start, text)
          : this.#constantOrParameter(start);
    }
  }

  #constantOrParameter(start: number): number {
    const end = matchEnd(parameter, this.#sql, start);
    if (end !== null) return end;
    const constant = this.#constant(start);
    if (constant === null) throw new Unsure();
    const before = this.#sql.slice(Math.max(0, start - lookedAt), start);
    if (afterBracket.test(before)) throw new Unsure();
    if (this.#isAfterBy && (this.#hasComment || beforeColumnNumber.test(before))) {
      if (constant.end - start > 100) throw new Unsure();
      this.#note(start, constant.end);
      return constant.end;
    }
    this.#note(start, constant.end);
    return this.#write(start, constant.end, constant.other);
  }

  #word(start: number, text: string): number {
    const end = start + text.length;
    const follows = this.#sql.charAt(end);
    if (follows === "'" || (follows === '&' && /^u$/i.test(text))) throw new Unsure();
    if (text.length > 6) {
      if (timeFunction.test(text)) throw new Unsure();
      return end;
    }
    switch (text.toLowerCase()) {
      case 'by':
        this.#isAfterBy = true;
        return end;
      case 'float':
        // Its number tells which of two types it is.
        throw new Unsure();
      case 'in':
        return this.#isAfterBy ? end : (this.#list(end, openList) ?? end);
      case 'array':
        return this.#isAfterBy || !beforeArray.test(this.#sql.slice(Math.max(0, start - lookedAt), start))
          ? end
          : (this.#list(end, openArray) ?? end);
      case 'values':
        return this.#rows(end);
      default:
        return end;
    }
  }

  /** A list of nothing but constants becomes a list of one. */
  #list(at: number, open: RegExp): number | null {
    const start = matchEnd(open, this.#sql, at);
    if (start === null) return null;
    const found: Span[] = [];
    let other: string | null = null;
    for (let next = start; ; ) {
      const constant = this.#constant(matchEnd(sign, this.#sql, next) ?? next);
      if (constant === null) return null;
      if (found.length < keptConstants) found.push({ start: next, end: constant.end });
      other ??= constant.other;
      const after = matchEnd(comma, this.#sql, constant.end);
      if (after !== null) {
        next = after;
        continue;
      }
      if (matchEnd(closeList, this.#sql, constant.end) === null) return null;
      for (const each of found) this.#note(each.start, each.end);
      return this.#write(start, constant.end, other);
    }
  }

  /** Rows of nothing but constants: those with the same kinds of constants become one. */
  #rows(at: number): number {
    const rows = new Set<string>();
    const found: Span[] = [];
    let end = at;
    for (let next: number | null = at; next !== null; ) {
      const row = this.#row(next, found);
      if (row === null) break;
      rows.add(row.text);
      end = row.end;
      next = matchEnd(comma, this.#sql, end);
    }
    // What follows a comma is a row that holds more than constants.
    if (end === at || matchEnd(comma, this.#sql, end) !== null) return at;
    for (const each of found) this.#note(each.start, each.end);
    return this.#write(at, end, ` ${[...rows].join()}`);
  }

  #row(at: number, found: Span[]): { readonly text: string; readonly end: number } | null {
    let next = matchEnd(openRow, this.#sql, at);
    const kinds: string[] = [];
    while (next !== null) {
      const named = matchEnd(word, this.#sql, next);
      const constant =
        named === null
          ? this.#constant(matchEnd(sign, this.#sql, next) ?? next)
          : { end: named, other: this.#sql.slice(next, named) };
      if (constant === null) return null;
      if (found.length < keptConstants) found.push({ start: next, end: constant.end });
      kinds.push(constant.other);
      const end = matchEnd(closeList, this.#sql, constant.end);
      if (end !== null) return { text: `(${kinds.join()})`, end };
      next = matchEnd(comma, this.#sql, constant.end);
    }
    return null;
  }

  /** The constant that begins here, and one that stands for it; null where there is none. */
  #constant(start: number): { readonly end: number; readonly other: string } | null {
    const first = this.#sql.charAt(start);
    if (first === "'") return { end: this.#quotedEnd(start, "'"), other: "'x'" };
    if (first === '$') {
      const open = matchEnd(dollarQuote, this.#sql, start);
      if (open === null) return null;
      const close = this.#sql.indexOf(this.#sql.slice(start, open), open);
      return close === -1 ? null : { end: close + open - start, other: "'x'" };
    }
    const end = matchEnd(number, this.#sql, start);
    if (end === null) return null;
    return { end, other: wholeNumber.test(this.#sql.slice(start, Math.min(end, start + 10))) ? '1' : '1.0' };
  }

  #quotedEnd(start: number, quote: string): number {
    let end = this.#sql.indexOf(quote, start + 1);
    while (end !== -1 && this.#sql.charAt(end + 1) === quote) end = this.#sql.indexOf(quote, end + 2);
    if (end === -1) throw new Unsure();
    return end + 1;
  }

  /** Comments nest. */
  #commentEnd(start: number): number {
    const mark = /\/\*|\*\//g;
    mark.lastIndex = start;
    let depth = 0;
    for (let match = mark.exec(this.#sql); match !== null; match = mark.exec(this.#sql)) {
      depth += match[0] === '/*' ? 1 : -1;
      if (depth === 0) return mark.lastIndex;
    }
    throw new Unsure();
  }

  #note(start: number, end: number): void {
    if (this.#constants.length < keptConstants) this.#constants.push({ start, end });
  }

  #write(start: number, end: number, text: string): number {
    this.#parts.push(this.#sql.slice(this.#written, start), text);
    this.#written = end;
    return end;
  }
}

/** Where the match that begins here ends. */
function matchEnd(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}
