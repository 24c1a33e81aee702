import { defineRouteMiddleware } from '@astrojs/starlight/route-data'

/** No page has a side bar: the way around is the head line, the tracks and the lesson list. */
export const onRequest = defineRouteMiddleware(({ locals }) => {
  locals.starlightRoute.hasSidebar = false
  locals.starlightRoute.toc = undefined
})
