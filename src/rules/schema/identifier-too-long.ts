import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

/** name_too_long (PostgreSQL documentation, "PostgreSQL Error Codes"). */
const nameTooLong = '42622';

export default defineRule({
  id: 'schema/identifier-too-long',
  title: 'A name is too long',
  message: 'names something with more than 63 bytes, and PostgreSQL cuts it off: {notice}',
  triggeredWhen: 'PostgreSQL remarks that an identifier will be truncated (42622)',
  impact: 'tools that look for the whole name do not find it, and two long names may become the same',
  remediation: [
    { kind: 'advice', title: 'Choose a shorter name', text: 'Generated names can mostly be given by hand.' },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      const notice = each.statement.notices.find(({ sqlstate }) => sqlstate === nameTooLong);
      if (notice === undefined) continue;
      yield onStatement(each, 'low', { notice: notice.message });
    }
  },
});
