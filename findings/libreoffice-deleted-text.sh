#!/usr/bin/env bash
# Expected: a document that is converted to plain text on the command line gives the text as it reads. Words that a
#   tracked change has deleted are struck through on the screen, and Word's own export to text leaves them out.
# Seen: LibreOffice writes deleted words, and the old place of moved words, as ordinary text, right beside what replaced
#   them. Nothing marks them and no message appears.
# Versions: libreoffice-writer-nogui 7.4.7 of Debian 12.
# Meaning: a draft policy with open changes is converted to rules that nobody has agreed to, and numbers double: "30 days"
#   changed to "60 days" comes out as "3060 days". Accept or reject all changes before the conversion.
# Porthor: build/policy/import/word-body.ts reads Word's own XML, takes changes as accepted and says so in the report.
set -euo pipefail
need() { command -v "$1" >/dev/null || { echo "MISSING: $1: $2" >&2; exit 2; }; }
need soffice 'install the Debian package libreoffice-writer-nogui'
need python3 'install the Debian package python3'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > make.py <<'PY'
import zipfile

office = 'http://schemas.openxmlformats.org'
types = f'{office}/package/2006/content-types'
relations = f'{office}/package/2006/relationships'
word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
change = 'w:author="Author" w:date="2026-09-01T08:00:00Z"'
text = '<w:t xml:space="preserve">{}</w:t>'
body = (
    '<w:p><w:r>' + text.format('Logs are kept for ') + '</w:r>'
    f'<w:del w:id="1" {change}><w:r><w:delText>30</w:delText></w:r></w:del>'
    f'<w:ins w:id="2" {change}><w:r>' + text.format('60') + '</w:r></w:ins>'
    '<w:r>' + text.format(' days.') + '</w:r></w:p>'
)
with zipfile.ZipFile('draft.docx', 'w') as package:
    package.writestr('[Content_Types].xml', f'<Types xmlns="{types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{word}"/></Types>')
    package.writestr('_rels/.rels', f'<Relationships xmlns="{relations}"><Relationship Id="d" Type="{office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
    package.writestr('word/document.xml', f'<w:document xmlns:w="{office}/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>')
PY
python3 make.py
soffice --version
soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to 'txt:Text (encoded):UTF8' draft.docx > /dev/null 2>&1
text=$(tr -d '\r' < draft.txt | sed '1s/^\xef\xbb\xbf//')
echo "reads: Logs are kept for 60 days."
echo "text:  $text"
if [[ $text == 'Logs are kept for 3060 days.' ]]; then echo 'AS DESCRIBED'; else echo 'CHANGED'; exit 1; fi
