"""SE-ResNet-50 and SE-ResNeXt-101 32x4d by timm, whose legacy networks are Cadene's, with weights by formula."""
import timm
from golden.visual import golden


def network(name, **options):
    return timm.create_model(f"legacy_{name}", num_classes=0, **options)


def make():
    return {"se_resnet50": golden(network("seresnet50"), 1),
            "se_resnext101": golden(network("seresnext101_32x4d"), 1)}
