/** The school of an installation that has only one. */

/** Every database has it; a command without --school means it. */
export const defaultSchoolId = 'school';
