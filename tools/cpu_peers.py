"""In: a network in PyTorch and its inputs. Out: who else computes it on this CPU, each as its own manual advises for
speed: PyTorch eager and compiled with frozen weights, ONNX Runtime, OpenVINO; in float32, or in bfloat16, which ONNX
Runtime does not have on a CPU.
"""
import importlib.util
import pathlib
import sys
import tempfile

import torch

PYTORCH = f"PyTorch {torch.__version__}"


def installed(package):
    if importlib.util.find_spec(package):
        return True
    print(f"{package} is not installed: left out", file=sys.stderr)
    return False


def of(network, inputs, cores, precision="fp32"):
    """(name, work) of each peer; work() computes the network of the inputs once."""
    network.eval()
    if installed("openvino"):
        yield openvino(network, inputs, cores, {"fp32": "f32", "bf16": "bf16"}[precision])
    if precision == "bf16":
        network, inputs = network.bfloat16(), [values.bfloat16() for values in inputs]
    elif installed("onnxruntime") and installed("onnxscript"):
        yield onnx_runtime(network, inputs, cores)
    yield PYTORCH, without_gradients(network, inputs)
    yield f"{PYTORCH} compiled", compiled(network, inputs)


def without_gradients(network, inputs):
    def work():
        with torch.no_grad():
            network(*inputs)
    return work


def compiled(network, inputs):
    import torch._inductor.config
    torch._inductor.config.freezing = True
    return without_gradients(torch.compile(network), inputs)


def onnx_runtime(network, inputs, cores):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cores
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "network.onnx"
        torch.onnx.export(network, inputs, file, dynamo=True, external_data=True, verbose=False)
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    named = {one.name: values.numpy() for one, values in zip(session.get_inputs(), inputs)}
    return f"ONNX Runtime {onnxruntime.__version__}", lambda: session.run(None, named)


def openvino(network, inputs, cores, precision):
    import openvino as ov
    model = ov.convert_model(network, example_input=inputs, input=[values.shape for values in inputs])
    compiled_model = ov.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": cores, "PERFORMANCE_HINT": "LATENCY",
                                                     "INFERENCE_PRECISION_HINT": precision})
    request, arrays = compiled_model.create_infer_request(), [values.numpy() for values in inputs]
    return f"OpenVINO {ov.__version__.split('-')[0]}", lambda: request.infer(arrays)
