"""Views of the project of the tests."""

from django.http import JsonResponse
from django.urls import path
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from passage_kit.golive import DrfAuthentication, passage_required


def home(request):
    return JsonResponse({"user": request.user.pk})


@passage_required
def me(request, word=""):
    """Show the user."""
    return JsonResponse({"user": request.user.pk, "word": word})


@passage_required
async def me_async(request):
    return JsonResponse({"user": (await request.auser()).pk})


class Api(APIView):
    authentication_classes = (DrfAuthentication,)
    permission_classes = (IsAuthenticated,)

    def get(self, request):
        return Response({"user": request.user.pk, "auth": bool(request.auth)})

    post = get


class PublicApi(Api):
    permission_classes = (AllowAny,)


urlpatterns = [
    path("", home),
    path("me", me),
    path("me/<str:word>", me),
    path("me-async", me_async),
    path("api", Api.as_view()),
    path("public-api", PublicApi.as_view()),
]
