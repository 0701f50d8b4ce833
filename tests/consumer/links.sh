#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# links.sh PATH...: does every relative link of the Markdown files there lead to a file?
set -euo pipefail

links=0 broken=0
while IFS=: read -r file line link; do
    target=${link#](}
    target=${target%)}
    [[ $target =~ ^[a-z]+: ]] && continue
    links=$((links + 1))
    target=${target%%#*}
    if [ -n "$target" ] && [ ! -e "$(dirname "$file")/$target" ]; then
        broken=$((broken + 1))
        echo "$file:$line: $target does not exist"
    fi
done < <(find "$@" -name '*.md' -exec grep -noHE '\]\([^)]+\)' {} +)
echo "$links links, $broken broken"
[ $broken = 0 ] && [ $links != 0 ]
