import { replaceParameters } from '../../sql/named-parameters.ts';

/** A comment of pgtyped, and the query that it is about, up to the next one. */
const section = /(\/\*[^*]*@name[^*]*\*\/)((?:(?!\/\*[^*]*@name)[\s\S])*)/g;

/** `@param ids -> (...)`, `@param order -> (id, status!)`, `@param orders -> ((id, status!)...)`. */
const listParameter = /@param\s+(\w+)\s*->\s*\((\s*\.\.\.\s*|[^()]*|\s*\([^()]*\)\s*\.\.\.\s*)\)/g;

/**
 * Writes out the lists in a file of pgtyped, as it does when it sends them, of one item each: `IN :ids` has `(:ids)`, and
 * `VALUES :orders` has `(:orders__id, :orders__status)`.
 */
export function writeOutLists(text: string): string {
  return text.replaceAll(section, (_, comment: string, query: string) => {
    const lists = new Map(
      [...comment.matchAll(listParameter)].map(([, name = '', items = '']) => [name, itemsOf(name, items)]),
    );
    if (lists.size === 0) return comment + query;
    return comment + replaceParameters(query, 'colon', (name) => lists.get(name) ?? `:${name}`);
  });
}

function itemsOf(name: string, items: string): string {
  const fields = [...items.matchAll(/\w+/g)].map(([field]) => `:${name}__${field}`);
  return fields.length === 0 ? `(:${name})` : `(${fields.join(', ')})`;
}
