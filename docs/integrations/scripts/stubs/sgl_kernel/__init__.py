# SPDX-License-Identifier: Apache-2.0
"""Stands in for SGLang's kernels, whose build for CPUs is on no public index of packages.

Whatever is looked for here is found, and raises when it is called: PyTorch's own kernels do the
work then (`serve_sglang.sh` has the flags).
"""

import importlib.abc
import importlib.machinery
import sys
import types

__version__ = "0.4.10"  # SGLang looks whether its kernels are new enough
__path__: list[str] = []


class Missing:
    def __init__(self, name: str):
        self.__name__ = name

    def __call__(self, *arguments, **named):
        raise NotImplementedError(f"{self.__name__}: there are no kernels here")

    def __getattr__(self, name: str) -> "Missing":
        return missing(name)


def missing(name: str) -> Missing:
    if name.startswith("__"):
        raise AttributeError(name)
    return Missing(name)


class Submodules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.startswith(__name__ + "."):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__getattr__ = missing  # type: ignore[method-assign]
        return module

    def exec_module(self, module):
        pass


__getattr__ = missing
sys.meta_path.append(Submodules())
