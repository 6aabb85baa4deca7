#!/usr/bin/env bash
# Expected: a text with the forms `_one` and `_other` works for every number. Unicode's rules for plurals (UTS 35) make
#   `other` the form that every message has and that stands in for a missing one; i18next's documentation says that it
#   takes the forms of `Intl.PluralRules`.
# Seen: for a number whose form is missing, i18next does not take `_other` of the same language. It takes the text of the
#   fallback language, or, without one, shows the bare key. Welsh has six forms, so this happens for 0, 2, 3 and 6, while
#   1, 4 and 5 are right.
# Versions: i18next 26.7.2, on the Node that runs this script.
# Meaning: a Welsh page shows single sentences in English, or keys, for some counts only. English has the two forms `one`
#   and `other`, so no test in English shows it. Write all six forms, or check that they exist.
# Porthor: shared/i18n/translator.ts takes `other` for a missing form.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need npm 'install Node.js 20 or newer with npm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund i18next@26.7.2
grep -H '"version"' node_modules/i18next/package.json
cat > try.mjs <<'JS'
import i18next from 'i18next';

await i18next.init({
  lng: 'cy',
  fallbackLng: 'en',
  resources: {
    cy: { translation: { message_one: '{{count}} neges', message_other: '{{count}} o negeseuon' } },
    en: { translation: { message_one: '{{count}} message', message_other: '{{count}} messages' } },
  },
});
const rows = [0, 1, 2, 3, 4, 5, 6].map((count) => ({
  count,
  form: new Intl.PluralRules('cy').select(count),
  'with fallback': i18next.t('message', { count }),
  'without fallback': i18next.t('message', { count, fallbackLng: false }),
}));
console.table(rows);
const texts = rows.map((row) => row['with fallback']);
const isAsDescribed =
  [0, 2, 3, 6].every((count) => texts[count] === `${count} messages` && rows[count]['without fallback'] === 'message') &&
  [4, 5].every((count) => texts[count] === `${count} o negeseuon`);
console.log(isAsDescribed ? 'AS DESCRIBED' : 'CHANGED');
process.exit(isAsDescribed ? 0 : 1);
JS
node try.mjs
