#!/bin/sh
# Install Yilianti from this folder, without any network: check every file, make the environment, say what comes next.
set -eu
cd "$(dirname "$0")"
echo "· 核对安装包中的每个文件 …"
if ! sha256sum --quiet -c SHA256SUMS; then
    echo "✗ 安装包不完整或被改动，没有安装；请重新拷贝。" >&2
    exit 1
fi
./yilianti help >/dev/null
echo "✓ 已安装。启动：./run　　检查：./yilianti doctor　　说明：README.offline.md"
