#!/bin/sh
# Print a Python of 3.11 or newer, or say in one sentence how to get one.
for name in ${YILIANTI_PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command -v "$name"
        exit 0
    fi
done
echo "✗ 需要 Python 3.11 或更新的版本，本机没有找到。Debian 12、Ubuntu 24.04 上请执行：sudo apt-get install -y python3 python3-venv" >&2
exit 1
