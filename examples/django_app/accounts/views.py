"""Views of the project."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from passage_kit.golive import passage_required


def home(request: HttpRequest) -> JsonResponse:
    """Greet everybody."""
    return JsonResponse({"signed_in": request.user.is_authenticated})


@passage_required
def me(request: HttpRequest) -> JsonResponse:
    """Show the user."""
    return JsonResponse({"id": request.user.pk, "email": request.user.email})


@require_POST
@passage_required
def leave(request: HttpRequest) -> JsonResponse:
    """Change something."""
    return JsonResponse({"left": request.user.pk})


class ApiMe(APIView):
    """Show the user, or change something, through Django REST framework."""

    def get(self, request: Request) -> Response:
        """Show the user."""
        return Response({"id": request.user.pk, "email": request.user.email})

    def post(self, request: Request) -> Response:
        """Change something."""
        return Response({"changed": request.user.pk})
