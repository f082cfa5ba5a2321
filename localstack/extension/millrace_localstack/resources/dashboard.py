"""AWS::CloudWatch::Dashboard, over the CloudWatch API that LocalStack has."""

from . import Provider, done, plugin_of


class _Dashboard(Provider):
    TYPE = "AWS::CloudWatch::Dashboard"
    PRIMARY = "DashboardName"
    CREATE_ONLY = ("DashboardName",)

    def create(self, request):
        model = {**(request.previous_state or {}), **request.desired_state}
        model.setdefault("DashboardName", f"{request.stack_name}-{request.logical_resource_id}"[:255])
        request.aws_client_factory.cloudwatch.put_dashboard(
            DashboardName=model["DashboardName"], DashboardBody=model["DashboardBody"]
        )
        return done(model)

    def update(self, request):
        return self.create(request)

    def delete(self, request):
        name = (request.previous_state or request.desired_state)["DashboardName"]
        request.aws_client_factory.cloudwatch.delete_dashboards(DashboardNames=[name])
        return done({})


Dashboard = plugin_of(_Dashboard)
