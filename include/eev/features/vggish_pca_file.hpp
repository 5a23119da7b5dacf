// In:  vggish_pca_params.npz, as AudioSet publishes it.  Out: VGGish's post-processor.  Rests on:
// features/vggish_pca, io/npz.
//
// Apart from vggish_pca.hpp, as the reader of archives takes a fifth of the time to compile a front door, and
// needs zlib.
#pragma once

#include <string>

#include <eev/features/vggish_pca.hpp>
#include <eev/io/npz.hpp>

namespace eev::features {

inline vggish_pca read_vggish_pca(const std::string& path) {
  constexpr dim width = vggish_pca::width;
  const io::npz_file file(path);
  return {file.read("pca_eigen_vectors", {width, width}), file.read("pca_means", {width})};
}

}  // namespace eev::features
