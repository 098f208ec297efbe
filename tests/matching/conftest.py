"""A small world of made-up firms, indexed for real."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from matching.encoders import Encoder, load_encoder
from search.documents import CapabilityItem, Kind, Role, Source, Spec, SupplierDocument
from search.embedded import EmbeddedIndex
from search.index import SearchIndex


def item(
    title: str,
    role: Role = "make",
    kind: Kind = "product",
    *,
    source: Source = "scope",
    specs: tuple[Spec, ...] = (),
) -> CapabilityItem:
    """A capability item keyed by its title."""
    return CapabilityItem(key=title, kind=kind, role=role, title=title, source=source, specs=specs)


def firm(
    key: str, name: str, *items: CapabilityItem, adcode: str = "210106", **more: object
) -> SupplierDocument:
    """A firm of Tiexi, Shenyang, unless said otherwise."""
    place = {"210106": ("沈阳市", "铁西区", 123.36, 41.80), "210211": ("大连市", "甘井子区", 121.52, 38.95)}[
        adcode
    ]
    city, district, lon, lat = place
    return SupplierDocument(
        key=key, version=1, uscc=key, name=name, adcode=adcode, city=city, district=district, lon=lon, lat=lat,
        updated_at=time.time(), items=items, **more,  # type: ignore[arg-type]
    )  # fmt: skip


WORLD = (
    firm("maker", "沈阳示例直线传动有限公司", item("直线导轨", source="listing", specs=(Spec("size", 15, 45, "mm"),)), item("滚珠丝杠")),
    firm("reseller", "沈阳示例机电贸易有限公司", item("直线导轨", "resell"), item("轴承", "resell"), item("电机", "resell")),
    firm("faraway", "大连示例导轨制造有限公司", item("直线导轨滑块"), adcode="210211"),
    firm("boxes", "沈阳示例纸箱厂", item("瓦楞纸箱")),
    firm("turning", "沈阳示例机加有限公司", item("数控车床加工", "process", "processing"), item("机械加工", "process", "processing")),
    firm("valves", "沈阳示例阀门有限公司", item("闸阀"), item("蝶阀"), item("截止阀"), verified=True, standing=0.5),
    firm("food", "沈阳示例食品有限公司", item("速冻水饺"), item("糕点")),
    firm("haulage", "沈阳示例物流有限公司", item("普通货物运输", "service", "logistics")),
)  # fmt: skip


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled encoder."""
    return load_encoder("house")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[SearchIndex]:
    """WORLD, indexed."""
    index = EmbeddedIndex(
        tmp_path_factory.mktemp("world"),
        embed=encoder.encode_items,
        dimensions=encoder.dimensions,
        encoder=encoder.name,
    )
    index.apply(WORLD)
    index.refresh()
    yield index
    index.close()
