// kernels/device/convolution.hpp by cuDNN 9.
//
// By its convolution calls, not by its graphs: they take any number of channels in bfloat16 (the graph's
// fused engines want multiples of 8, VGGish begins with one), compile nothing when they first run, and name
// the algorithm and the arithmetic themselves. It is always IMPLICIT_PRECOMP_GEMM, which is deterministic,
// reads channels last as they lie, and is the one that cuDNN takes for a bias without ReLU; float is
// multiplied by FMA, which rules TF32 out. NVIDIA calls them deprecated since 9.0; they are there in all of
// cuDNN 9.
#include "convolution.hpp"

#include "library_state.hpp"

namespace eev::cuda {

namespace {

constexpr auto algorithm = CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM;

std::string text_of(const convolution& task) {
  return message("convolution of ", task.image, " with ", task.filter, ", strides ", task.stride,
                 ", padding ", task.padding, ", ", task.type == element::float32 ? "float" : "bfloat16");
}

template <class Descriptor>
owned<Descriptor> create(cudnnStatus_t (*make)(Descriptor**)) {
  Descriptor* made = nullptr;
  check(make(&made), "a descriptor of cuDNN");
  return owned<Descriptor>(made);
}

/// A tensor [B, H, W, C], channels last.
owned<cudnnTensorStruct> describe(cudnnDataType_t type, const std::array<dim, 4>& shape) {
  auto tensor = create(cudnnCreateTensorDescriptor);
  check(cudnnSetTensor4dDescriptor(tensor.get(), CUDNN_TENSOR_NHWC, type, int(shape[0]), int(shape[3]),
                                   int(shape[1]), int(shape[2])),
        message("cudnnSetTensor4dDescriptor: ", shape));
  return tensor;
}

convolution_plan make_plan(cudnnHandle_t handle, const convolution& task) {
  const auto type = task.type == element::float32 ? CUDNN_DATA_FLOAT : CUDNN_DATA_BFLOAT16;
  const auto& [N, height, width, C] = task.filter;
  convolution_plan plan;
  plan.x = describe(type, task.image);
  plan.y = describe(type, task.result);
  plan.bias = describe(type, {1, 1, 1, N});
  plan.filters = create(cudnnCreateFilterDescriptor);
  check(cudnnSetFilter4dDescriptor(plan.filters.get(), type, CUDNN_TENSOR_NHWC, int(N), int(C), int(height),
                                   int(width)),
        "cudnnSetFilter4dDescriptor");
  plan.convolution = create(cudnnCreateConvolutionDescriptor);
  check(cudnnSetConvolution2dDescriptor(plan.convolution.get(), int(task.padding[0]), int(task.padding[1]),
                                        int(task.stride[0]), int(task.stride[1]), 1, 1,
                                        CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT),
        message("cudnnSetConvolution2dDescriptor: ", text_of(task)));
  check(cudnnSetConvolutionGroupCount(plan.convolution.get(), int(task.groups())),
        "cudnnSetConvolutionGroupCount");
  check(cudnnSetConvolutionMathType(plan.convolution.get(),
                                    task.type == element::float32 ? CUDNN_FMA_MATH : CUDNN_TENSOR_OP_MATH),
        "cudnnSetConvolutionMathType");
  plan.activation = create(cudnnCreateActivationDescriptor);
  check(cudnnSetActivationDescriptor(plan.activation.get(),
                                     task.relu ? CUDNN_ACTIVATION_RELU : CUDNN_ACTIVATION_IDENTITY,
                                     CUDNN_PROPAGATE_NAN, 0),
        "cudnnSetActivationDescriptor");
  check(cudnnGetConvolutionForwardWorkspaceSize(handle, plan.x.get(), plan.filters.get(),
                                                plan.convolution.get(), plan.y.get(), algorithm,
                                                &plan.workspace),
        message("cudnnGetConvolutionForwardWorkspaceSize: ", text_of(task)));
  return plan;
}

const convolution_plan& find_plan(library_state& libraries, const convolution& task) {
  const std::array<dim, 14> key{task.image[0],  task.image[1],  task.image[2],   task.image[3],
                                task.filter[0], task.filter[1], task.filter[2],  task.filter[3],
                                task.stride[0], task.stride[1], task.padding[0], task.padding[1],
                                dim(task.type), task.relu};
  const auto known = libraries.convolutions.find(key);
  if (known != libraries.convolutions.end()) return known->second;
  return libraries.convolutions.emplace(key, make_plan(libraries.networks.get(), task)).first->second;
}

}  // namespace

void convolve(device& device, const convolution& task) {
  check(cudaSetDevice(device.number()), "cudaSetDevice");
  library_state& libraries = device.libraries();
  if (!libraries.networks) libraries.networks = create(cudnnCreate);
  cudnnHandle_t handle = libraries.networks.get();
  check(cudnnSetStream(handle, device.stream()), "cudnnSetStream");
  const convolution_plan& plan = find_plan(libraries, task);

  auto scope = device.scope();
  const auto workspace = device.take<std::byte>(dim(plan.workspace));
  const float one = 1, none = 0, kept = task.add ? 1 : 0;
  if (task.bias) {
    check(cudnnConvolutionBiasActivationForward(
              handle, &one, plan.x.get(), task.x, plan.filters.get(), task.filters, plan.convolution.get(),
              algorithm, workspace.data, plan.workspace, &kept, plan.y.get(), task.y, plan.bias.get(),
              task.bias, plan.activation.get(), plan.y.get(), task.y),
          message("cudnnConvolutionBiasActivationForward: ", text_of(task)));
    return;
  }
  check(cudnnConvolutionForward(handle, &one, plan.x.get(), task.x, plan.filters.get(), task.filters,
                                plan.convolution.get(), algorithm, workspace.data, plan.workspace, &kept,
                                plan.y.get(), task.y),
        message("cudnnConvolutionForward: ", text_of(task)));
  if (task.relu)
    check(cudnnActivationForward(handle, plan.activation.get(), &one, plan.y.get(), task.y, &none,
                                 plan.y.get(), task.y),
          message("cudnnActivationForward: ", text_of(task)));
}

}  // namespace eev::cuda
