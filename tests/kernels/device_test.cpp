#include <doctest/doctest.h>

#include <eev/cuda/device.hpp>
#include <eev/cuda/gpus.hpp>

#include "close.hpp"
#include "device_tensor.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("what is uploaded comes back, converted on its way") {
  cuda::device device;
  const std::vector<float> values{1, -2.5f, 3.14159265f};
  const auto rounded = device_tensor<bfloat16>(device, values).values();
  CHECK(std::vector<float>(rounded.begin(), rounded.end()) == std::vector<float>{1, -2.5f, 3.140625f});

  const std::vector<double> wide{0.1, 0.2};
  const device_tensor<float> narrow(device, dim(2));
  device.upload(narrow.tensor(), shaped(wide, 2));
  CHECK(narrow.values() == std::vector<float>{0.1f, 0.2f});
  std::vector<double> back(2);
  device.download(shaped(back, 2), narrow.tensor());
  CHECK(back == std::vector<double>{0.1f, 0.2f});
}

TEST_CASE("tensors larger than the staging memory are copied whole, however often it is used again") {
  cuda::device device;
  const auto values = random_values(5'000'001, 1);  // 20 MB: five pieces, the last one ragged
  const device_tensor<float> there(device, values);
  CHECK(there.values() == values);
}

TEST_CASE("the host's memory may be changed as soon as an upload returns") {
  cuda::device device;
  const device_tensor<float> first(device, dim(3)), second(device, dim(3)), third(device, dim(3));
  std::vector<float> values{1, 2, 3};
  for (const auto* tensor : {&first, &second, &third}) {
    device.upload(tensor->tensor(), shaped(values, 3));
    for (float& value : values) value *= 10;
  }
  CHECK(first.values() == std::vector<float>{1, 2, 3});
  CHECK(second.values() == std::vector<float>{10, 20, 30});
  CHECK(third.values() == std::vector<float>{100, 200, 300});
}

TEST_CASE("parameters stay, scratch memory is given back") {
  cuda::device device;
  const auto kept = device.keep({1, 2});
  const auto packed = device.pack<bfloat16>({3, 4, 5, 6, 7, 8}, 2, 3);
  float *before, *after;
  {
    auto scope = device.scope();
    before = device.take<float>(1000, 1000).data;
  }
  {
    auto scope = device.scope();
    after = device.take<float>(10).data;
  }
  CHECK(before == after);

  std::vector<float> values(2), matrix(6);
  device.download(shaped(values, 2), kept);
  device.download(shaped(matrix, 2, 3), packed);
  CHECK(values == std::vector<float>{1, 2});
  CHECK(matrix == std::vector<float>{3, 4, 5, 6, 7, 8});
}

TEST_CASE("parameters are kept rounded, too, for products of bfloat16") {
  cuda::device device;
  const std::vector<float> values{1, 2.008f, -0.3f};
  const auto kept = device.keep(values);
  std::vector<float> rounded(3);
  device.download(shaped(rounded, 3), view<const bfloat16, 1>{device.rounded(kept.data), {3}});
  CHECK(rounded == std::vector<float>{1, 2.015625f, -0.30078125f});
  const device_tensor<float> others(device, values);
  CHECK(device.rounded(others.tensor().data) == nullptr);
}

TEST_CASE("filters are kept channels last") {
  cuda::device device;
  const auto filters =
      device.pack<float>({0, 1, 2, 10, 11, 12}, 1, 2, 1, 3);  // [N 1, C 2, height 1, width 3]
  CHECK(filters.shape == std::array<dim, 4>{1, 1, 3, 2});
  std::vector<float> values(6);
  device.download(shaped(values, 1, 1, 3, 2), filters);
  CHECK(values == std::vector<float>{0, 10, 1, 11, 2, 12});
}

TEST_CASE("tensors of nothing can be copied, tensors of other shapes cannot") {
  cuda::device device;
  std::vector<float> none, three(3);
  const device_tensor<float> empty(device, none), two(device, dim(2));
  CHECK(empty.values().empty());
  CHECK_THROWS_WITH_AS(device.upload(two.tensor(), shaped(three, 3)),
                       "upload: to [2], from [3]; expected the same shape", error);
  CHECK_THROWS_WITH_AS(device.download(shaped(three, 3), two.tensor()),
                       "download: to [3], from [2]; expected the same shape", error);
}

TEST_CASE("a GPU that is not there is refused") {
  CHECK_THROWS_WITH_AS(cuda::device(97), doctest::Contains("cuda: there is no GPU 97; this machine has "),
                       error);
}

TEST_CASE("the GPUs of the machine are listed, each as its device calls itself") {
  const auto all = cuda::gpus();
  REQUIRE(!all.empty());
  CHECK(all[0].usable);
  CHECK(all[0].name == cuda::device(0).name());
}
