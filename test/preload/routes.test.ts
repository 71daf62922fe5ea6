import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pathRoute, routeOf } from '../../src/preload/routes.ts';

test.each([
  ['/customers/17/orders?limit=5&after=3', 'GET /customers/:id/orders'],
  ['/a/0f8fad5b-d9cb-469f-a165-70867728950e', 'GET /a/:id'],
  ['/a/0F8FAD5B-D9CB-469F-A165-70867728950E/', 'GET /a/:id'],
  ['/files/507f1f77bcf86cd799439011#top', 'GET /files/:id'],
  ['http://shop.example/orders/1', 'GET /orders/:id'],
  ['/v2/cafe/decade', 'GET /v2/cafe/decade'],
  ['//a///b', 'GET /a/b'],
  ['/?q=1', 'GET /'],
  ['', 'GET /'],
])('the path of %s', (url, route) => {
  expect(pathRoute({ method: 'GET', url })).toBe(route);
});

test.each([
  [{ route: { path: '/customers/:id/orders' }, baseUrl: '' }, 'POST /customers/:id/orders'],
  [{ route: { path: '/' }, baseUrl: '/customers' }, 'POST /customers'],
  [{ route: { path: '/orders' }, baseUrl: '/customers/17' }, 'POST /customers/:id/orders'],
  [{ route: { path: '/orders/:order' } }, 'POST /orders/:order'],
  [{ route: { path: /orders/ } }, null],
  [{ route: { path: ['/a', '/b'] } }, null],
  [{ route: { path: '*' } }, null],
  [{ route: { path: '/{*rest}' } }, null],
  [{ route: undefined }, null],
  [{}, null],
])('the route that a framework has matched: %j', (request, route) => {
  expect(routeOf({ method: 'POST', ...request })).toBe(route);
});

test('requests that differ in their numbers and queries only have one route, of bounded length', () => {
  const part = fc.oneof(fc.nat().map(String), fc.uuid(), fc.constantFrom('a', 'orders', 'Ünï', '%2F', '..'));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 80 }), fc.nat(), fc.string(), (parts, number, query) => {
      const url = `/${parts.join('/')}`;
      const others = parts.map((each) => (/^\d+$/.test(each) ? String(number) : each));
      const route = pathRoute({ method: 'GET', url });
      expect(pathRoute({ method: 'GET', url: `/${others.join('/')}?${query}` })).toBe(route);
      expect(route.length).toBeLessThanOrEqual(200);
    }),
  );
});
