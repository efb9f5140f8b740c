# To be sourced.

# clone_files: of the checkout that is the current folder, what a clean clone would hold if the tree were committed as it
# is; each name ends with a NUL, as `tar --null --files-from=-` takes them.
clone_files() {
    local file
    git ls-files -z --cached --others --exclude-standard |
        while IFS= read -r -d '' file; do
            if [[ -e $file || -L $file ]]; then
                printf '%s\0' "$file"
            fi
        done
}
