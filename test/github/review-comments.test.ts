import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commentMark } from '../../src/github/markers.ts';
import {
  type InlineComment,
  mostComments,
  planReview,
  type ReviewComment,
  type ReviewPlan,
  type ReviewSituation,
} from '../../src/github/review-comments.ts';
import { marker } from '../../src/report/markdown/safe.ts';

const own = 'github-actions[bot]';
const path = 'migrations/0003.sql';

function bodyOf(text: string, fingerprint: string, key = 'key'): string {
  return `${text}\n\n${marker(commentMark({ key, fingerprint }))}`;
}

function inline(fingerprint: string, line = 1, parts: Partial<InlineComment> = {}): InlineComment {
  return { path, line, endLine: line, body: bodyOf('text', fingerprint), fingerprint, ...parts };
}

function existing(id: number, fingerprint: string, parts: Partial<ReviewComment> = {}): ReviewComment {
  return { id, author: own, body: bodyOf('text', fingerprint), inReplyTo: null, ...parts };
}

function reply(id: number, inReplyTo: number): ReviewComment {
  return { id, author: 'octocat', body: 'Right.', inReplyTo };
}

const withdrawn = (fingerprint: string) => bodyOf('No longer.', fingerprint);
const situation = { own, key: 'key', lines: new Map([[path, [{ from: 1, to: 40 }]]]), withdrawn };

function plan(parts: Partial<ReviewSituation>): ReviewPlan {
  return planReview({ ...situation, existing: [], wanted: [], ...parts });
}

const nothing: ReviewPlan = { create: [], update: [], remove: [], leftOut: 0 };

describe('review comments', () => {
  test('that are new stand on their line, or on their lines', () => {
    const { create } = plan({ wanted: [inline('a', 3), inline('b', 5, { endLine: 8 })] });
    expect(create).toEqual([
      { path, body: bodyOf('text', 'a'), line: 3, side: 'RIGHT' },
      { path, body: bodyOf('text', 'b'), line: 8, side: 'RIGHT', start_line: 5, start_side: 'RIGHT' },
    ]);
  });

  test('whose lines the diff does not show are left out', () => {
    const wanted = [inline('a', 41), inline('b', 1, { path: 'other.sql' }), inline('c', 40)];
    expect(plan({ wanted })).toMatchObject({ create: [{ line: 40 }], leftOut: 2 });
  });

  test('that are there already stay, and follow what is to be said', () => {
    const list = [existing(5, 'a'), existing(6, 'b', { body: bodyOf('earlier', 'b') })];
    expect(plan({ existing: list, wanted: [inline('a'), inline('b')] })).toEqual({
      ...nothing,
      update: [{ id: 6, body: bodyOf('text', 'b') }],
    });
  });

  test('stay although the diff shows their lines no more', () => {
    expect(plan({ existing: [existing(5, 'a')], wanted: [inline('a', 99)] })).toEqual(nothing);
  });

  test('that are no longer true go, unless somebody has answered', () => {
    const list = [existing(5, 'a'), existing(6, 'b'), reply(7, 6)];
    const first = plan({ existing: list });
    expect(first).toEqual({ ...nothing, update: [{ id: 6, body: withdrawn('b') }], remove: [5] });
    expect(plan({ existing: [existing(6, 'b', { body: withdrawn('b') }), reply(7, 6)] })).toEqual(nothing);
  });

  test('that become true again are restored', () => {
    const list = [existing(6, 'b', { body: withdrawn('b') }), reply(7, 6)];
    expect(plan({ existing: list, wanted: [inline('b')] })).toEqual({
      ...nothing,
      update: [{ id: 6, body: bodyOf('text', 'b') }],
    });
  });

  test('of statements that read alike are kept apart', () => {
    expect(plan({ wanted: [inline('a', 1), inline('a', 2)] }).create).toHaveLength(2);
    expect(plan({ existing: [existing(5, 'a'), existing(6, 'a')], wanted: [inline('a')] }).remove).toEqual([
      6,
    ]);
  });

  test.each([
    ['others, with our mark copied', existing(5, 'a', { author: 'mallory' })],
    ['another job', existing(5, 'a', { body: bodyOf('text', 'a', 'other') })],
    ['us, without a mark', existing(5, 'a', { body: 'Thanks!' })],
  ])('of %s are left alone', (_, other) => {
    expect(plan({ existing: [other], wanted: [inline('a')] })).toMatchObject({
      create: [{ line: 1 }],
      update: [],
      remove: [],
    });
  });

  test(`are at most ${mostComments}, the worst, those that are there included`, () => {
    const wanted = Array.from({ length: 30 }, (_, index) => inline(`f${index}`, index + 1));
    const all = plan({ wanted });
    expect(all.create.map(({ line }) => line)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    expect(all.leftOut).toBe(5);
    const kept = Array.from({ length: 20 }, (_, index) => existing(index + 1, `f${index + 10}`));
    expect(plan({ wanted, existing: kept })).toMatchObject({ create: { length: 5 }, leftOut: 5 });
  });
});

/** What the comments are after a plan. */
function applied(
  comments: readonly ReviewComment[],
  { create, update, remove }: ReviewPlan,
): readonly ReviewComment[] {
  const updated = new Map(update.map(({ id, body }) => [id, body]));
  return [
    ...comments
      .filter(({ id }) => !remove.includes(id))
      .map((each) => ({ ...each, body: updated.get(each.id) ?? each.body })),
    ...create.map(({ body }, index) => ({ id: 1_000 + index, author: own, body, inReplyTo: null })),
  ];
}

const fingerprint = fc.constantFrom('a', 'b', 'c');
const text = fc.constantFrom('text', 'earlier', 'No longer.');
const wantedComments = fc.array(
  fc
    .record({
      fingerprint,
      line: fc.integer({ min: 1, max: 50 }),
      length: fc.integer({ min: 0, max: 5 }),
      text,
    })
    .map(({ fingerprint: f, line, length, text: t }) =>
      inline(f, line, { endLine: line + length, body: bodyOf(t, f) }),
    ),
  { maxLength: 40 },
);
const existingComments = fc
  .array(
    fc.record({
      fingerprint,
      text,
      author: fc.constantFrom(own, own, 'mallory', null),
      answered: fc.boolean(),
    }),
    { maxLength: 10 },
  )
  .map((list) =>
    list.flatMap(({ fingerprint: f, text: t, author, answered }, index) => {
      const id = 2 * index + 1;
      return [existing(id, f, { author, body: bodyOf(t, f) }), ...(answered ? [reply(id + 1, id)] : [])];
    }),
  );

test('a plan that was carried out leaves nothing to do, loses no answer, and touches nobody else', () => {
  fc.assert(
    fc.property(existingComments, wantedComments, (comments, wanted) => {
      const first = plan({ existing: comments, wanted });
      const after = applied(comments, first);
      expect(plan({ existing: after, wanted })).toMatchObject({ create: [], update: [], remove: [] });
      const isForeign = ({ author }: ReviewComment) => author !== own;
      expect(after.filter(isForeign)).toEqual(comments.filter(isForeign));
      const answered = comments.flatMap(({ inReplyTo }) => inReplyTo ?? []);
      expect(first.remove.filter((id) => answered.includes(id))).toEqual([]);
      for (const each of first.create) expect(each.start_line ?? 0).toBeLessThan(each.line);
    }),
  );
});
