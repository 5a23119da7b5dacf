#include <cmath>
#include <cstdlib>

#include <doctest/doctest.h>

#include <eev/features/vggish_pca_file.hpp>
#include <eev/io/formula_weights.hpp>

#include "../golden.hpp"
#include "../io/temporary.hpp"

using namespace eev;
using namespace eev::features;
using namespace eev::test;

namespace {

constexpr dim pca_rows = 9;

std::vector<double> formula_doubles(const std::string& name, const std::vector<dim>& shape) {
  const auto values = io::formula_tensor(name, shape);
  return {values.begin(), values.end()};
}

/// Compares with NumPy's numbers under `kind`.
void check_pca(const vggish_pca& pca, const std::string& kind) {
  const golden expected("vggish_pca");
  auto x = io::formula_tensor("vggish_pca.rows", {pca_rows, 128});
  for (float& value : x) value = std::abs(4 * value);
  const view<const float, 2> rows{x.data(), {pca_rows, 128}};

  std::vector<double> projected(x.size());
  pca.project({projected.data(), rows.shape}, rows);
  const auto numpy = expected[kind + ".projected"].values;
  double worst = 0;
  for (std::size_t i = 0; i < numpy.size(); ++i) worst = std::fmax(worst, std::abs(projected[i] - numpy[i]));
  CHECK(worst <= 1e-12);
  MESSAGE(kind, ": largest difference from NumPy ", worst);

  for (const auto& [how, name] :
       {std::pair(pca_quantisation::round, ".round"), {pca_quantisation::truncate, ".truncate"}}) {
    std::vector<float> y(x.size());
    pca({y.data(), rows.shape}, rows, how);
    CHECK(y == expected[kind + name].floats());
    std::vector<float> in_place = x;
    pca({in_place.data(), rows.shape}, view<const float, 2>{in_place.data(), rows.shape}, how);
    CHECK(in_place == y);
  }
}

}  // namespace

TEST_CASE("VGGish's post-processor is AudioSet's") {
  check_pca(
      {formula_doubles("vggish_pca.eigenvectors", {128, 128}), formula_doubles("vggish_pca.means", {128})},
      "formula");
}

TEST_CASE("VGGish's post-processor with the real parameters gives NumPy's numbers") {
  const char* media = std::getenv("EEV_TEST_MEDIA");
  if (!media) {
    MESSAGE("skipped: EEV_TEST_MEDIA is not set");
    return;
  }
  check_pca(read_vggish_pca(std::string(media) + "/vggish/vggish_pca_params.npz"), "real");
}

TEST_CASE("a value half way between two levels goes to the even one, or down") {
  CHECK(vggish_pca::quantised(0, pca_quantisation::round) == 128);  // 127.5
  CHECK(vggish_pca::quantised(0, pca_quantisation::truncate) == 127);
  for (const auto how : {pca_quantisation::round, pca_quantisation::truncate}) {
    CHECK(vggish_pca::quantised(-2, how) == 0);
    CHECK(vggish_pca::quantised(-1e300, how) == 0);
    CHECK(vggish_pca::quantised(2, how) == 255);
    CHECK(vggish_pca::quantised(31, how) == 255);
  }
}

TEST_CASE("VGGish's post-processor refuses parameters and rows of other shapes") {
  CHECK(error_of([] { vggish_pca(std::vector<double>(127 * 128), std::vector<double>(128)); }) ==
        "vggish_pca: eigenvectors of 16256 values and 128 means; expected [128, 128] and [128]");
  const vggish_pca pca(std::vector<double>(128 * 128), std::vector<double>(128));
  std::vector<float> x(256), y(256);
  CHECK(error_of([&] {
          pca({y.data(), {2, 64}}, {x.data(), {2, 64}}, pca_quantisation::round);
        }) == "vggish_pca: x [2, 64], y [2, 64]; expected both [R, 128]");
  CHECK(error_of([&] {
          pca({y.data(), {1, 128}}, {x.data(), {2, 128}}, pca_quantisation::round);
        }) == "vggish_pca: x [2, 128], y [1, 128]; expected both [R, 128]");
  CHECK(error_of([] { read_vggish_pca("none.npz"); }) ==
        "none.npz: cannot be opened: No such file or directory");
}
