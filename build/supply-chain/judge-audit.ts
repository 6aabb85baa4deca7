/** Reads what `npm audit` answered, and says whether the packages may be shipped. */
import { z } from 'zod';

export type AuditAnswer =
  | { readonly kind: 'clean' }
  | { readonly kind: 'vulnerable'; readonly findings: readonly string[] }
  /** Not every registry has an answer to give. That nothing was found then means nothing. */
  | { readonly kind: 'not-answered'; readonly reason: string };

const reportSchema = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string() })),
});
const refusalSchema = z.object({ message: z.string() });

/** Less than these is looked at by people, and stops nothing. */
const stopping: ReadonlySet<string> = new Set(['high', 'critical']);

/** Only what is shipped stops a package: a weakness of a tool that stays here does not reach a school. */
export const judgeAudit = (output: string, shippedNames: ReadonlySet<string>): AuditAnswer => {
  let document: unknown;
  try {
    document = JSON.parse(output);
  } catch {
    return { kind: 'not-answered', reason: 'npm audit printed no report' };
  }
  const report = reportSchema.safeParse(document);
  if (!report.success) {
    const refusal = refusalSchema.safeParse(document);
    // Without the address: it is nobody's business which registry a builder uses.
    const reason = refusal.success ? refusal.data.message.replace(/\s-\s.*$/u, '') : 'unknown form of report';
    return { kind: 'not-answered', reason };
  }
  const findings = Object.entries(report.data.vulnerabilities)
    .filter(([name, { severity }]) => shippedNames.has(name) && stopping.has(severity))
    .map(([name, { severity, range }]) => `${name} ${range}: ${severity}`);
  return findings.length === 0 ? { kind: 'clean' } : { kind: 'vulnerable', findings };
};
