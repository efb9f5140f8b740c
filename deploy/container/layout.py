"""Makes an OCI image (image-spec 1.0: oci-layout, index.json, blobs/sha256) of one layer out of a root.

layout.py ROOT.tar IMAGE.tar VERSION ARCHITECTURE

IMAGE.tar also has the manifest.json by which `docker load` finds the same blobs. Nothing in it comes from the clock but
SOURCE_DATE_EPOCH. Prints the digest of the image's manifest, by which a registry will name it.
"""

import datetime
import gzip
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile

OCI = "application/vnd.oci.image."


def digest_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(
            file.read()).hexdigest()


def main(root, image, version, architecture):
    epoch = int(os.environ["SOURCE_DATE_EPOCH"])
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    tag = "gateproof:" + version
    files = {}  # name in the archive: bytes, or the path of a file

    def blob(content, kind):
        digest = hashlib.sha256(content).hexdigest()
        files["blobs/sha256/" + digest] = content
        return {"mediaType": OCI + kind, "digest": "sha256:" + digest, "size": len(content)}

    def document(value):
        return json.dumps(value, sort_keys=True).encode()

    with tempfile.NamedTemporaryFile() as layer, open(root, "rb") as plain:
        with gzip.GzipFile(filename="", mode="wb", fileobj=layer, compresslevel=6, mtime=0) as packed:
            shutil.copyfileobj(plain, packed, 1 << 20)
        layer.flush()
        layer_digest = digest_of(layer.name)
        layer_name = "blobs/sha256/" + layer_digest
        files[layer_name] = layer.name
        labels = {"title": "Gateproof", "version": version, "created": created, "licenses": "Apache-2.0"}
        config = blob(document({
            "architecture": architecture,
            "os": "linux",
            "created": created,
            "config": {
                "User": "65532:65532",
                "Entrypoint": ["/usr/bin/gateproof"],
                "Cmd": ["--help"],
                "WorkingDir": "/work",
                "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"],
                "Labels": {"org.opencontainers.image." + name: text for name, text in labels.items()},
            },
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest_of(root)]},
            "history": [{"created": created, "created_by": "deploy/container/image.sh"}],
        }), "config.v1+json")
        manifest = blob(document({
            "schemaVersion": 2,
            "mediaType": OCI + "manifest.v1+json",
            "config": config,
            "layers": [{"mediaType": OCI + "layer.v1.tar+gzip", "digest": "sha256:" + layer_digest,
                        "size": os.path.getsize(layer.name)}],
        }), "manifest.v1+json")
        files["oci-layout"] = document({"imageLayoutVersion": "1.0.0"})
        named = {"io.containerd.image.name": "localhost/" + tag, "org.opencontainers.image.ref.name": version}
        files["index.json"] = document({"schemaVersion": 2, "mediaType": OCI + "index.v1+json",
                                        "manifests": [{**manifest, "annotations": named}]})
        files["manifest.json"] = document([{"Config": "blobs/sha256/" + config["digest"].split(":")[1],
                                            "RepoTags": [tag], "Layers": [layer_name]}])
        # Beside its place first, so that a half image never stands where a whole one is looked for.
        with tarfile.open(image + ".part", "w", format=tarfile.USTAR_FORMAT) as archive:
            for name, content in sorted(files.items()):
                entry = tarfile.TarInfo(name)
                entry.mtime = epoch
                if isinstance(content, bytes):
                    entry.size = len(content)
                    archive.addfile(entry, io.BytesIO(content))
                else:
                    entry.size = os.path.getsize(content)
                    with open(content, "rb") as file:
                        archive.addfile(entry, file)
        os.replace(image + ".part", image)
    print(manifest["digest"])


if __name__ == "__main__":
    main(*sys.argv[1:])
