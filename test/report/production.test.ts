import { describe, expect, test } from '@jest/globals';
import { reviewSchema } from '../../src/model/review.ts';
import { renderMarkdown } from '../../src/report/markdown/review.ts';
import type { ProductionReview } from '../../src/report/production.ts';
import { renderTerminal } from '../../src/report/terminal/review.ts';
import { reviewOf } from '../support/review.ts';

const table: ProductionReview['tables'][number] = {
  table: 'public.orders',
  rows: 20_000_000,
  sequentialScansPerDay: 0.2,
  indexScansPerDay: 300_000,
  deadShare: 0.05,
  lastVacuum: '2026-11-01T12:00:00Z',
  lastAnalyze: null,
  indexes: [
    { name: 'public.orders_pkey', scans: 30_000_000, scansPerDay: 300_000 },
    { name: 'public.orders_status', scans: 0, scansPerDay: 0 },
  ],
};
const production: ProductionReview = {
  since: '2026-08-02T00:00:00Z',
  wasReset: true,
  until: '2026-11-10T00:00:00Z',
  tables: [table],
};

const markdown = (parts: Partial<ProductionReview>) =>
  renderMarkdown(reviewOf({ production: { ...production, ...parts } }), {
    permalink: () => null,
    closing: null,
  });
const terminal = (parts: Partial<ProductionReview>) =>
  renderTerminal(reviewOf({ production: { ...production, ...parts } }), { width: 200, color: false });

describe('what production says about the tables of the change', () => {
  test('is a folded table in a comment', () => {
    const text = markdown({});
    expect(text).toContain(
      '<details><summary>🏭 What production says about the tables of the change: 1 table</summary>',
    );
    expect(text).toContain(
      '| <code>public.orders</code> | 20,000,000 | &#60; 1 | 300,000 | 5% | 8 days before | never | <code>public.orders_pkey</code> 300,000 a day | <code>public.orders_status</code> |',
    );
    expect(text).toContain('counted from 2026-08-02 to 2026-11-10; replicas have their own.');
  });

  test('is a sentence for each table in a terminal', () => {
    expect(terminal({}).replaceAll(/\s+/g, ' ')).toContain(
      'public.orders: 20,000,000 rows; scans a day: < 1 of the whole table, 300,000 by index; 5% dead; vacuum 8 days before, analyze never; scans of public.orders_pkey 300,000 a day; no scan of public.orders_status',
    );
  });

  test('says what is not known', () => {
    const [scanned] = table.indexes.map((index) => ({ ...index, scansPerDay: null }));
    const indexes = scanned === undefined ? [] : [scanned];
    const untold = {
      ...table,
      sequentialScansPerDay: null,
      indexScansPerDay: null,
      deadShare: null,
      indexes,
    };
    expect(markdown({ since: null, tables: [untold] })).toContain('30,000,000 in all');
    expect(terminal({ since: null, tables: [untold] })).toContain('public.orders_pkey 30,000,000 in all');
    expect(markdown({ since: null, tables: [untold] })).toContain(
      '| 20,000,000 | – | – | – | 8 days before |',
    );
    expect(terminal({ since: null, tables: [untold] })).toContain('20,000,000 rows; vacuum 8 days before');
    expect(terminal({ since: null })).toContain('counted until 2026-11-10, since when is not known');
    expect(terminal({ wasReset: false })).toContain('counted from at the latest 2026-08-02');
  });

  test('is nothing without a statistics file', () => {
    const nothing = reviewOf({});
    expect(renderMarkdown(nothing, { permalink: () => null, closing: null })).not.toContain(
      'production says',
    );
    expect(renderTerminal(nothing, { width: 80, color: false })).not.toContain('production says');
  });

  test('has names of others as they are, and no more than fit', () => {
    const name = 'public.</code>`<b>|@all\u001b[2J';
    const tables = Array.from({ length: 30 }, () => ({
      ...table,
      table: name,
      indexes: Array.from({ length: 9 }, () => ({ name, scans: 0, scansPerDay: 0 })),
    }));
    const text = markdown({ tables });
    expect(text).not.toMatch(/<b>|@all|\u001b|<\/code>`/);
    expect(text).toContain('and 10 more in the full report');
    expect(text).toContain('and 4 more |');
    expect(terminal({ tables })).not.toContain('\u001b');
    expect(terminal({ tables })).toContain('and 24 more tables in the report');
    expect(() => reviewSchema.parse(reviewOf({ production: { ...production, tables } }))).not.toThrow();
  });
});
