// In:  the description of a matrix product or a convolution.  Out: oneDNN's kernel for it.  Rests on: oneDNN.
//
// Every kernel is made for one thread and eev shares out rows or images over the threads itself. So each
// value is summed in the same order whatever the batch and however many threads there are.
//
// oneDNN's C interface, for its C++ one takes longer to compile than all of eev.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include <omp.h>
#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_debug.h>

#include <eev/core/bfloat16.hpp>
#include <eev/core/epilogue.hpp>
#include <eev/core/view.hpp>

namespace eev::cpu {

/// While it lives, oneDNN makes kernels for one thread.
class one_thread {
 public:
  one_thread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~one_thread() { omp_set_num_threads(before_); }
  one_thread(const one_thread&) = delete;
  one_thread& operator=(const one_thread&) = delete;

 private:
  int before_;
};

namespace onednn {

inline void check(dnnl_status_t status, const char* task) {
  require(status == dnnl_success, "oneDNN could not ", task, ": ", dnnl_status2str(status));
}

/// Owns an object of oneDNN's. (Seven kinds of std::unique_ptr would take longer to compile.)
template <class Object, dnnl_status_t (*destroy)(Object*)>
class owner {
 public:
  using pointer = Object*;
  explicit owner(Object* object) : object_(object) {}
  owner(owner&& other) noexcept : object_(other.object_) { other.object_ = nullptr; }
  owner& operator=(owner&&) = delete;
  ~owner() {
    if (object_) destroy(object_);
  }
  Object* get() const { return object_; }

 private:
  Object* object_;
};
using engine = owner<dnnl_engine, dnnl_engine_destroy>;
using stream = owner<dnnl_stream, dnnl_stream_destroy>;
using memory = owner<dnnl_memory, dnnl_memory_destroy>;
using post_ops = owner<dnnl_post_ops, dnnl_post_ops_destroy>;
using attributes = owner<dnnl_primitive_attr, dnnl_primitive_attr_destroy>;
using primitive_description = owner<dnnl_primitive_desc, dnnl_primitive_desc_destroy>;
using primitive = owner<dnnl_primitive, dnnl_primitive_destroy>;

/// The object that one of oneDNN's functions makes of `arguments`.
template <class Owner, class... Parameters, class... Arguments>
Owner make(const char* task, dnnl_status_t (*function)(typename Owner::pointer*, Parameters...),
           Arguments... arguments) {
  typename Owner::pointer object = nullptr;
  check(function(&object, arguments...), task);
  return Owner(object);
}

inline engine make_engine() { return make<engine>("find the processor", dnnl_engine_create, dnnl_cpu, 0); }
inline stream make_stream(const engine& engine) {
  return make<stream>("make a stream", dnnl_stream_create, engine.get(), dnnl_stream_default_flags);
}

/// The shape of a tensor, the type of its values and how they lie in memory.
using layout = dnnl_memory_desc_t;

template <class T>
constexpr dnnl_data_type_t data_type_of = std::is_same_v<T, bfloat16> ? dnnl_bf16 : dnnl_f32;

template <std::size_t Rank>
layout make_layout(const dim (&shape)[Rank], dnnl_data_type_t type, dnnl_format_tag_t order) {
  layout made;
  check(dnnl_memory_desc_init_by_tag(&made, Rank, shape, type, order), "describe a tensor");
  return made;
}

/// A tensor of somebody else's memory.
struct tensor {
  onednn::layout layout;
  void* data;
};

inline memory wrap(const engine& engine, const layout& layout, const void* data) {
  return make<memory>("describe a tensor", dnnl_memory_create, &layout, engine.get(),
                      const_cast<void*>(data));
}

struct kernel {
  onednn::primitive primitive;
  layout source, weights, bias, destination, scratch;
};

/// The kernel for `operation`. Scratch memory is handed over by the caller: a kernel is shared by threads.
inline kernel make_kernel(const engine& engine, const_dnnl_op_desc_t operation, epilogue after) {
  const auto then = make<post_ops>("describe an epilogue", dnnl_post_ops_create);
  if (after == epilogue::relu)
    check(dnnl_post_ops_append_eltwise(then.get(), 1, dnnl_eltwise_relu, 0, 0), "append ReLU");
  if (after == epilogue::gelu)
    check(dnnl_post_ops_append_eltwise(then.get(), 1, dnnl_eltwise_gelu_erf, 0, 0), "append GELU");
  if (after == epilogue::add) check(dnnl_post_ops_append_sum(then.get(), 1), "append a sum");
  const auto attributes = make<onednn::attributes>("describe a kernel", dnnl_primitive_attr_create);
  check(dnnl_primitive_attr_set_post_ops(attributes.get(), then.get()), "append an epilogue");
  check(dnnl_primitive_attr_set_scratchpad_mode(attributes.get(), dnnl_scratchpad_mode_user),
        "leave scratch memory to its caller");
  const auto description = make<primitive_description>("find a kernel", dnnl_primitive_desc_create, operation,
                                                       attributes.get(), engine.get(), nullptr);
  const auto layout_of = [&](dnnl_query_t what, int index = 0) {
    const layout* found = dnnl_primitive_desc_query_md(description.get(), what, index);
    return found ? *found : layout{};
  };
  return {make<primitive>("make a kernel", dnnl_primitive_create, description.get()),
          layout_of(dnnl_query_src_md),
          layout_of(dnnl_query_weights_md),
          layout_of(dnnl_query_weights_md, 1),
          layout_of(dnnl_query_dst_md),
          layout_of(dnnl_query_scratchpad_md)};
}

/// to = from, in the layout and the type of `to`.
inline void reorder(const engine& engine, const tensor& to, const layout& from, const void* values) {
  const auto description =
      make<primitive_description>("lay out weights", dnnl_reorder_primitive_desc_create, &from, engine.get(),
                                  &to.layout, engine.get(), nullptr);
  const auto reordering = make<primitive>("lay out weights", dnnl_primitive_create, description.get());
  const stream stream = make_stream(engine);
  const memory source = wrap(engine, from, values), destination = wrap(engine, to.layout, to.data);
  const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, source.get()}, {DNNL_ARG_TO, destination.get()}};
  check(dnnl_primitive_execute(reordering.get(), stream.get(), 2, arguments), "lay out weights");
  check(dnnl_stream_wait(stream.get()), "lay out weights");
}

}  // namespace onednn
}  // namespace eev::cpu
