#!/bin/sh
# Print a Python of 3.11 or newer (an offline bundle: of the version it was made for), or say in one sentence how to get one.
wanted=$(cat "$(dirname "$0")/../../../wheelhouse/PYTHON" 2>/dev/null)
fits='import sys; sys.exit(sys.version_info < (3, 11) or sys.argv[1] not in ("", "%d.%d" % sys.version_info[:2]))'
for name in ${YILIANTI_PYTHON:-} ${wanted:+python$wanted} python3 python3.13 python3.12 python3.11 python3.14; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c "$fits" "$wanted" 2>/dev/null; then
        command -v "$name"
        exit 0
    fi
done
if [ -n "$wanted" ]; then
    echo "✗ 这个离线安装包是为 Python $wanted 制作的，本机没有；请装上它，或在同样的系统上重新执行 ./yilianti bundle。" >&2
else
    echo "✗ 需要 Python 3.11 或更新的版本，本机没有找到。Debian 12、Ubuntu 24.04 上请执行：sudo apt-get install -y python3 python3-venv" >&2
fi
exit 1
