/** Tells the main process when the plain page has been painted. */
// The same two frames as the gate's own page: the second begins once the first has been handed over to be drawn.
requestAnimationFrame(() => requestAnimationFrame(() => window.bare.painted()));
