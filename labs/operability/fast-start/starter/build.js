// Runs while the image is built: see build.sh.
console.log('nothing to prepare')
