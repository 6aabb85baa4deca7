/** The largest document that the import takes. Policies are short, so a larger one is a mistake or a trap. */

export const maxFileBytes = 25 * 1024 * 1024;
/** The unpacked parts of a Word document that hold words. Pictures are never unpacked. */
export const maxUnpackedWordBytes = 40 * 1024 * 1024;
export const maxPages = 500;
export const maxCharacters = 1024 * 1024;
