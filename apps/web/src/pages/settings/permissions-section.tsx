import { PolicySection } from "./policies/policy-section.tsx";

const PermissionsSection = () => <PolicySection group="permissions" />;
export default PermissionsSection;
