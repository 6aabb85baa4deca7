/** Where a link leads, after the redirections that some programs put before it. */

/** Some programs send each link through their own redirection. */
export function realAddress(address: string): string {
  const inner = /^https?:\/\/(?:www\.)?google\.[a-z.]+\/url\?(?:.*&)?q=([^&]+)/u.exec(address)?.[1];
  if (inner === undefined) return address;
  try {
    return decodeURIComponent(inner);
  } catch {
    return address;
  }
}
