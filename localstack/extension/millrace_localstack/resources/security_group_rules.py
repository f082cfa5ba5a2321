"""AWS::EC2::SecurityGroupIngress and Egress, over the EC2 API that LocalStack has."""

from . import Provider, done, plugin_of

# Property of the resource -> field of an IpPermission and key of its one entry.
PEERS = {
    "CidrIp": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
    "DestinationPrefixListId": ("PrefixListIds", "PrefixListId"),
    "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}


class RuleProvider(Provider):
    PRIMARY = "Id"
    AUTHORIZE: str
    REVOKE: str

    def create(self, request):
        model = request.desired_state
        answer = getattr(request.aws_client_factory.ec2, self.AUTHORIZE)(**_rule(model))
        model["Id"] = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return done(model)

    def update(self, request):
        """Only the description changes in place; everything else makes a new rule."""
        return done({**request.previous_state, **request.desired_state})

    def delete(self, request):
        getattr(request.aws_client_factory.ec2, self.REVOKE)(**_rule(request.previous_state or request.desired_state))
        return done({})


def _rule(model):
    permission = {"IpProtocol": str(model["IpProtocol"])}
    permission |= {name: int(model[name]) for name in ("FromPort", "ToPort") if name in model}
    for name, (field, key) in PEERS.items():
        if name in model:
            entry = {key: model[name]}
            if "Description" in model:
                entry["Description"] = model["Description"]
            permission.setdefault(field, []).append(entry)
    return {"GroupId": model["GroupId"], "IpPermissions": [permission]}


class _SecurityGroupIngress(RuleProvider):
    TYPE = "AWS::EC2::SecurityGroupIngress"
    AUTHORIZE = "authorize_security_group_ingress"
    REVOKE = "revoke_security_group_ingress"
    CREATE_ONLY = ("GroupId", "IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourcePrefixListId")


class _SecurityGroupEgress(RuleProvider):
    TYPE = "AWS::EC2::SecurityGroupEgress"
    AUTHORIZE = "authorize_security_group_egress"
    REVOKE = "revoke_security_group_egress"
    CREATE_ONLY = ("GroupId", "IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6", "DestinationSecurityGroupId", "DestinationPrefixListId")


SecurityGroupIngress = plugin_of(_SecurityGroupIngress)
SecurityGroupEgress = plugin_of(_SecurityGroupEgress)
