import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stickyMark } from '../../src/github/markers.ts';
import {
  type IssueComment,
  planSticky,
  type StickyPlan,
  type WantedComment,
} from '../../src/github/sticky-comment.ts';
import { marker } from '../../src/report/markdown/safe.ts';

const own = 'github-actions[bot]';

function wanted(
  text: string,
  number = 2,
  parts: Partial<{ headSha: string; key: string; mayCreate: boolean }> = {},
): WantedComment {
  const { headSha = 'aaaa', key = 'key', mayCreate = true } = parts;
  const mark = { key, run: { number, attempt: 1 }, headSha };
  return { body: `${text}\n\n${marker(stickyMark(mark))}\n`, mark, mayCreate };
}

function comment(id: number, { body }: WantedComment, author: string | null = own): IssueComment {
  return { id, author, body };
}

describe('the sticky comment', () => {
  test('is created where there is none, if there is something to say', () => {
    const now = wanted('text');
    expect(planSticky([], own, now)).toEqual({
      kind: 'write',
      writes: [{ kind: 'create', body: now.body.trim() }],
    });
    expect(planSticky([], own, wanted('text', 2, { mayCreate: false }))).toEqual({
      kind: 'write',
      writes: [],
    });
  });

  test('is updated in place, also when there would be nothing to create', () => {
    const now = wanted('new', 2, { mayCreate: false });
    expect(planSticky([comment(5, wanted('old', 1))], own, now)).toEqual({
      kind: 'write',
      writes: [{ kind: 'update', id: 5, body: now.body.trim() }],
    });
  });

  test('is left alone by a further run that has the same to say of the same commit', () => {
    const before = comment(5, wanted('text', 1));
    const edited = { ...before, body: before.body.replaceAll('\n', '\r\n') };
    expect(planSticky([edited], own, wanted('text', 2))).toEqual({ kind: 'write', writes: [] });
    const other = wanted('text', 2, { headSha: 'bbbb' });
    expect(planSticky([before], own, other)).toMatchObject({ writes: [{ kind: 'update', id: 5 }] });
  });

  test('of a newer run holds', () => {
    const list = [comment(5, wanted('old', 1)), comment(6, wanted('newer', 3))];
    expect(planSticky(list, own, wanted('late', 2))).toEqual({
      kind: 'outdated',
      by: { number: 3, attempt: 1 },
    });
  });

  test('is the oldest of several; the others go', () => {
    const list = [comment(9, wanted('b', 1)), comment(5, wanted('text', 1)), comment(7, wanted('c', 1))];
    expect(planSticky(list, own, wanted('text', 2))).toEqual({
      kind: 'write',
      writes: [
        { kind: 'delete', id: 7 },
        { kind: 'delete', id: 9 },
      ],
    });
  });

  test.each([
    ['has our mark, but another author', comment(5, wanted('x', 9), 'mallory')],
    ['has our mark, and an account that is gone', comment(5, wanted('x', 9), null)],
    ['is of another job', comment(5, wanted('x', 9, { key: 'other' }))],
    ['quotes us', { id: 5, author: own, body: `> ${wanted('x', 9).body}\nSee above.` }],
  ])('is not the one that %s', (_, other) => {
    expect(planSticky([other], own, wanted('text'))).toMatchObject({ writes: [{ kind: 'create' }] });
  });
});

/** What the comments are after a plan. */
function applied(comments: readonly IssueComment[], plan: StickyPlan): readonly IssueComment[] {
  if (plan.kind === 'outdated') return comments;
  return plan.writes.reduce<readonly IssueComment[]>((list, write) => {
    switch (write.kind) {
      case 'create':
        return list.concat({ id: 1_000, author: own, body: write.body });
      case 'update':
        return list.map((each) => (each.id === write.id ? { ...each, body: write.body } : each));
      case 'delete':
        return list.filter(({ id }) => id !== write.id);
      default:
        return write satisfies never;
    }
  }, comments);
}

const wantedComment = fc
  .record({
    text: fc.constantFrom('a', 'b', ''),
    number: fc.integer({ min: 1, max: 4 }),
    headSha: fc.constantFrom('aaaa', 'bbbb'),
    key: fc.constantFrom('key', 'key', 'other'),
    mayCreate: fc.boolean(),
  })
  .map(({ text, number, ...parts }) => wanted(text, number, parts));
const existing = fc
  .array(fc.record({ of: wantedComment, author: fc.constantFrom(own, own, 'mallory', null) }), {
    maxLength: 6,
  })
  .map((list) => list.map(({ of, author }, index) => comment(index + 1, of, author)));

test('a plan that was carried out leaves nothing to do, one comment of ours, and the others as they were', () => {
  fc.assert(
    fc.property(existing, wantedComment, (comments, now) => {
      const plan = planSticky(comments, own, now);
      const after = applied(comments, plan);
      const isForeign = ({ author, body }: IssueComment) =>
        author !== own || !body.includes(`key=${now.mark.key} `);
      expect(after.filter(isForeign)).toEqual(comments.filter(isForeign));
      if (plan.kind === 'outdated') return;
      expect(planSticky(after, own, now)).toEqual({ kind: 'write', writes: [] });
      expect(after.filter((each) => !isForeign(each)).length).toBeLessThanOrEqual(1);
    }),
  );
});
