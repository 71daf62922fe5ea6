import { propertyOf } from './guard.ts';

/** What stands for a value in a path: a number, a UUID, or a long number in hexadecimal. */
const isValue = /^(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,})$/i;

/** Characters of a route. */
const longest = 200;

/**
 * `GET /customers/:id/orders`, of the route that a framework has matched: Express 4 and 5, and what is built on it, put it
 * on the request, with the path of the router in which it is. Null where there is none, or one that matches anything.
 */
export function routeOf(request: object): string | null {
  const path = propertyOf(propertyOf(request, 'route'), 'path');
  if (typeof path !== 'string' || path.includes('*')) return null;
  const base = propertyOf(request, 'baseUrl');
  // A router may be mounted below a parameter, of which that has the value.
  return route(request, `${typeof base === 'string' ? withoutValues(base) : ''}${path}`);
}

/** `GET /customers/:id/orders`, of the path alone. */
export function pathRoute(request: object): string {
  const url = propertyOf(request, 'url');
  const [path = ''] = typeof url === 'string' ? url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/) : [];
  return route(request, withoutValues(path));
}

function withoutValues(path: string): string {
  return path
    .split('/')
    .map((part) => (isValue.test(part) ? ':id' : part))
    .join('/');
}

function route(request: object, path: string): string {
  const method = propertyOf(request, 'method');
  const clean = path.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  return `${typeof method === 'string' ? method : 'GET'} ${clean === '' ? '/' : clean}`.slice(0, longest);
}
