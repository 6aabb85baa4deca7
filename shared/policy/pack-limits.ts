/** Size limits of a policy pack, so that a hostile or mistaken one costs neither memory nor time. */

export const maxManifestBytes = 256 * 1024;
export const maxDocumentBytes = 512 * 1024;
export const maxZipBytes = 2 * 1024 * 1024;
export const maxUnpackedBytes = 4 * 1024 * 1024;
export const maxZipEntries = 64;
/** The collector's limit for one answer. */
export const maxPacksInDirectory = 200;

/** The longest statement that the acknowledgement event can carry. */
export const maxStatementCharacters = 4000;

/**
 * Bytes of all statements of one language as JSON. An acknowledgement repeats them in its signed evidence, base64-encoded,
 * and may not pass 64 KiB. This limit leaves room for the facts about user and PC.
 */
export const maxStatementsBytes = 16 * 1024;
