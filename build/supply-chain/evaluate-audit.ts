/** Evaluates the output of `npm audit`: whether the packages may be shipped. */
import { z } from 'zod';

export type AuditAnswer =
  | { readonly kind: 'clean' }
  | { readonly kind: 'vulnerable'; readonly findings: readonly string[] }
  /** Some registries offer no audit. No findings then prove nothing. */
  | { readonly kind: 'not-answered'; readonly reason: string };

const reportSchema = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string() })),
});
const refusalSchema = z.object({ message: z.string() });

/** Lower severities do not stop a package; people review them. */
const stopping: ReadonlySet<string> = new Set(['high', 'critical']);

/** Only a shipped package counts: a vulnerability in a build tool does not reach a school. */
export const evaluateAudit = (output: string, shippedNames: ReadonlySet<string>): AuditAnswer => {
  let document: unknown;
  try {
    document = JSON.parse(output);
  } catch {
    return { kind: 'not-answered', reason: 'npm audit printed no report' };
  }
  const report = reportSchema.safeParse(document);
  if (!report.success) {
    const refusal = refusalSchema.safeParse(document);
    // Leave out the address, so that the log does not disclose the builder's registry.
    const reason = refusal.success ? refusal.data.message.replace(/\s-\s.*$/u, '') : 'unknown form of report';
    return { kind: 'not-answered', reason };
  }
  const findings = Object.entries(report.data.vulnerabilities)
    .filter(([name, { severity }]) => shippedNames.has(name) && stopping.has(severity))
    .map(([name, { severity, range }]) => `${name} ${range}: ${severity}`);
  return findings.length === 0 ? { kind: 'clean' } : { kind: 'vulnerable', findings };
};
