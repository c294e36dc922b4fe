#!/bin/sh
# Allows escape codes in the free CCID driver: bit 0x0001 of ifdDriverOptions.
# Run as root, then restart pcscd. Debian keeps the file as a conffile.
set -eu
file=${1:-/etc/libccid_Info.plist}
line=$(grep -n '<key>ifdDriverOptions</key>' "$file" | cut -d: -f1)
test -n "$line"
old=$(sed -n "$((line + 1))s/.*<string>\(0x[0-9A-Fa-f]*\)<\/string>.*/\1/p" "$file")
test -n "$old"
new=$(printf '0x%04X' $((old | 1)))
sed -i "$((line + 1))s/$old/$new/" "$file"
echo "$file: ifdDriverOptions $old is now $new"
