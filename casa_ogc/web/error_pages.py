"""Problem documents as pages, for people who follow a link into nothing."""

from typing import Any

import orjson
from flask import Response, render_template, request

from casa_ogc.web.negotiation import prefers_html

_CHINESE = {
    400: "请求有误",
    401: "令牌无效",
    403: "没有权限",
    404: "找不到该页面或数据",
    405: "不支持该方法",
    406: "没有可接受的格式",
    409: "状态冲突",
    410: "已不存在",
    413: "请求过大",
    415: "不支持该媒体类型",
    422: "无法处理该请求",
    429: "请求过多",
    503: "服务暂时不可用，请稍后重试",
}
_SHOWN = ("type", "title", "status", "detail", "code", "description", "errors", "links")


def as_page(response: Response, url: str) -> Response:
    """Return a problem document as a page where the client prefers one, else as it is.

    The page tells the same facts; status and headers stay.

    Parameters
    ----------
    url
        Address under which clients reach the server.
    """
    response.headers["Vary"] = "Accept"
    if not prefers_html():
        return response
    content: dict[str, Any] = orjson.loads(response.get_data())
    page = render_template(
        "error.html",
        content=content,
        chinese=_CHINESE.get(response.status_code, "出错了"),
        further={name: value for name, value in content.items() if name not in _SHOWN},
        url=url,
        path=request.path,
    )
    response.set_data(page)
    response.content_type = "text/html; charset=utf-8"
    return response
